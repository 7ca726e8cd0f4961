from ningjulan.project.cli import main

main()
