from anjia.web.manage import main

main()
